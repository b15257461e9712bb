// Package table holds the persistent maps that a View is made of.
//
// It owns how they are filled, in place while a View is loaded and by sharing afterwards, and how they are walked. It never
// knows what the records mean.
package table
