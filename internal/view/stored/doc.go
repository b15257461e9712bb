// Package stored reads the JSON values that records are kept as.
//
// It owns two ways to the same end. Reader walks an object in the one form that our own encoder gives to most records:
// fields in a known order, no white space, no escapes. General reads every form, and alone says what is wrong with a
// value: where Reader meets another form it fails, and General has to be asked. It never knows what a record means.
package stored
