// Package doortest is a small installation for the tests of the doors, made of the real parts: a View, the services that
// decide and mint, an object store in a folder of the test. Only the clock stands still and the audit is a list.
//
// It owns the cast (two tenants, two accounts, a few workloads and roles) and the transcripts: files of requests as they
// come over the wire and of the answers to them. It never decides anything in place of a service, and no product code
// imports it.
package doortest
