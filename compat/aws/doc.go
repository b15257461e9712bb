// Package aws tells the stories of AWS's own clients at the doors of STS, S3 and IAM: the AWS CLI and the SDKs of Go, Python and
// Node, by each source of credentials that they have.
//
// It owns what each play may do and what it must be refused for, by code and reason; the plays themselves are the programs in
// awsclient, node and python. It never looks into the server but through "lanyard explain" and "lanyard get".
package aws
