// Package pins knows which generations of assembled objects are being read, so that their parts stay for as long.
//
// It owns the count of readers and the files that wait for the last of them. It never touches a file.
package pins
