// Package aws tells the stories of AWS's own clients at the doors of S3 and IAM: the AWS CLI and the SDKs of Python and Node,
// each with a session of a role that it has from a web identity's token or from the operator.
//
// It owns what each play may do and what it must be refused for, by code and reason; the plays themselves are the programs in
// node and python. It never looks into the server but through "lanyard explain" and "lanyard get".
package aws
