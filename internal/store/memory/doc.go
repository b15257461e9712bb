// Package memory is a store that lives as long as its process, for unit tests everywhere in the house.
//
// It owns a plain, obvious implementation of store.Store with full history, so that reads at a revision and resumed
// watches behave as they do on disk. It never touches a file and never serves a real installation.
package memory
