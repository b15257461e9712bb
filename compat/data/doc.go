// Package data tells the stories of the SDKs for blobs and secrets of Go, Node and Python.
//
// It owns what each play may do and what it must be refused for, by code and reason; the plays themselves are the programs in
// goclient, node and python. It never looks into the server but through "lanyard explain" and "lanyard get".
package data
