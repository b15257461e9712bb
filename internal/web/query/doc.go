// Package query is the kit for doors that speak AWS's Query protocol: STS and IAM.
//
// It owns what the services have in common: reading the form of a GET or a POST, finding the action in a service's table,
// refusing parameters that the action does not know, and the XML envelopes of answers and refusals. Services of one
// listener are told apart by the version that a request names, since clients post all of them to "/". It never knows who
// a caller is or what an action does.
package query
