// Package launch says which workload a launch rule names, and whether it is still the one that was named.
//
// It owns the binding of a rule to a workload's incarnation. It never writes, and never says why a rule is refused: the
// directory does.
package launch
