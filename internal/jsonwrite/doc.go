// Package jsonwrite appends JSON text without reflection, for the few records that are written with every request.
//
// It owns the spelling of strings, which is that of encoding/json: a hand-written encoder and the reflective one give the
// same bytes, and tests hold them to that. It never reads JSON; that is strictjson's.
package jsonwrite
