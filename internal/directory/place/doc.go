// Package place says where in the ARM tree something can be granted.
//
// It owns which places count: only those whose end the directory sees, so that no grant outlives them. It never writes, and
// never says who may grant.
package place
