// Package objects keeps the bytes of containers and buckets in files.
//
// It owns one folder: a sub-folder for each space, in it one file for each object, and a folder for uploads under way.
// A space is named by a unique id that its container or bucket got when it was made, never by the container's or
// bucket's name, so that a name used again inherits nothing. An object's file is named by the SHA-256 of its key, so
// that no key, however odd, is ever a path. The file holds the bytes and after them a trailer that describes them; it is
// put in place by one rename, so an object is there whole or not at all. The keys of a space and what is known of each
// object are read from the trailers when the space is first used, and kept in memory.
//
// An object can also be assembled from parts. A part is a file of its own in the folder of its upload, durable when it is
// acknowledged and never written again. Assembling writes a list of parts and is the same one rename: the object shows
// whole or not at all. What is changed in a description alone, metadata or a lease, is a note beside the object, which
// names the content that it belongs to. Parts go when no object names them, their upload is over and nobody reads them;
// what a process that died left behind is finished when the space is loaded next. Conditions are asked in one step with
// the write that depends on them.
//
// A description that is damaged is found then, and the whole space refuses to be read rather than be short of an object.
// The content is not hashed again when it is read: a bit that the disk loses there is found by whoever compares the
// digests.
//
// It never decides who may read or write, knows neither the S3 nor the Blob protocol, and is the only writer of its
// folder: one process at a time, which the holder of the data folder sees to.
package objects
