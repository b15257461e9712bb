// Package body reads what clients upload to S3, in every form in which a request can vouch for its body: by a signed
// hash, by the connection alone, by signed chunks, and by a trailer with a checksum.
//
// It owns the aws-chunked framing, the checksums of headers and trailers, and what the upload's headers say of length and
// encoding. A body that is not what was announced never ends well, so that whoever stores what is read from it stores
// nothing. It never decides whether a form is accepted without TLS: that is the signature's to say.
package body
