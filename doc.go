// Package lanyard is the root of the house. It has no code: the tests here hold the laws that all packages keep.
//
// It owns floors.txt (who may import whom), deps.txt (why each dependency is here), the sizes, the package comments
// and docs/errors.md, which is made from the reasons in the code. Nothing imports it, and it never imports another
// package of the house: what it knows of them it reads from their source.
package lanyard
