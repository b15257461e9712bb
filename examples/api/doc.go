// Command api is a small service that lets managed identities in by their roles, and a client of it. Neither holds a
// secret: each is run by "lanyard run --as NAME" and asks its managed-identity endpoint for tokens.
//
//	api serve 127.0.0.1:8080           the service
//	api call GET http://127.0.0.1:8080/orders    the client
package main
