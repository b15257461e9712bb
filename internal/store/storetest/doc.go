// Package storetest is the one suite that every store passes.
//
// It owns the tests of the contract that store.Store writes down: atomic transactions, growing revisions, pages of
// one revision, watches without gap or repetition. It never tests what only one driver promises, such as surviving a
// crash.
package storetest
