// Package admin is the door for whoever watches the server: is it alive, is it ready, what does it count.
//
// It owns three paths and nothing else. It never shows a noun, a name or a record, takes no credential and changes
// nothing: what stands in its answers may be read by everybody who reaches the listener.
package admin
