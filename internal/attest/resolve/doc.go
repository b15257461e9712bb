// Package resolve turns facts about a caller into the workload that it is.
//
// It owns the matching of proofs with workload rules. Facts are collected elsewhere and carry no judgement; resolve
// judges, refuses when nothing or too much matches, and never falls back to another workload.
package resolve
