// Package ahead is what the verbs that ask before a request comes have in common: the flags that describe it, and how the
// answer is shown.
//
// It owns those flags, the request that they make and the words of the answer. It never asks and never decides.
package ahead
