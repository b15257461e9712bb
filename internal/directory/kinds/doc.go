// Package kinds puts the kinds of the manifests on top of the directory: plan, apply, delete and get.
//
// It owns what a document means: where a thing lies that does not say so, what a reference resolves to, which commands of
// the directory make the thing so, and in which words a thing is shown. Documents are planned one after the other, each
// on the View that the former ones lead to, so a file may refer to what it makes further up, and all of it is checked
// before anything is written. A document is the whole of its thing: what it does not say is taken away; only containers
// that a storage account does not list stay.
//
// It never reads a file, never authorizes and never writes but through the directory's commands.
package kinds
