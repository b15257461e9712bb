// Package record shows the things of an installation as the server describes them: a listing of a kind, or one in full.
//
// It owns which fields a listing shows, and how a JSON value is written for people. It knows no field's meaning, never
// asks the server, and never leaves a field out of what is shown in full.
package record
