// Package wire reads what S3's clients send beside the content of objects: XML documents, tags, copy sources.
//
// It owns their forms and bounds. It is strict: an element that a document does not have, one that stands twice, a
// document type, nesting and length beyond what the form needs are refused. It never decides what a request may.
package wire
