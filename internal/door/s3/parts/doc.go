// Package parts judges the parts of multipart uploads, and pages through the uploads under way.
//
// It owns the numbers of parts, what is kept with an upload, and what a list of parts must be to become an object. It never
// reads or writes: the store asks it in one step with what it writes.
package parts
