// Package details answers GetAccountAuthorizationDetails: everybody of an account, and what each was given.
//
// It owns the shapes of that answer, which differ from those of the single reads. It never changes anything, and never shows a
// secret: there is none among rights.
package details
