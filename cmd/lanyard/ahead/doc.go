// Package ahead is what the verbs that ask before a request comes have in common: the flags that describe it.
//
// It owns those flags and the request that they make. It never asks and never decides.
package ahead
