// Package start is what every tenant and every AWS account begins with, as data.
//
// It owns the list of the house's applications under their well-known ids, the roles of a tenant's operator and the
// documents of an account's operator role. It never makes anything: the directory does.
package start
