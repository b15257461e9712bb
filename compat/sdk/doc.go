// Package sdk tells the stories of the SDKs of Go, Node and Python.
//
// It owns what is expected of each call; the calls themselves are made by the programs in goclient, node and python. It
// never looks into the server but through "lanyard explain" and "lanyard get".
package sdk
