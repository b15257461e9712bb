// Package operator is the command's end of the operator's socket: it asks the server of one data folder and reads its
// answers and refusals.
//
// It owns the connection and the difference between a server that refuses and one that is not there. It never decides who
// may operate (the server does, by the uid that the kernel names), never tries again and never prints.
package operator
