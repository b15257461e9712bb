package keyvault

import (
	"errors"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// BadBody means that a request's body is not the JSON that the operation reads. The text says where, never what stands
// there: it may be a secret (threat L03).
const BadBody fault.Reason = "keyvault.bad_body"

// body is what a request says of a secret. A field that is absent or null is nil.
type body struct {
	value  *secret.Text
	change directory.SecretChange
}

// The names that a body may have, as Key Vault spells them; those without a reader are told by Key Vault, sent back by
// clients, and change nothing.
func bodyFields() map[string]func(*body, strictjson.Value) bool {
	return map[string]func(*body, strictjson.Value) bool{
		"value":       (*body).readValue,
		"contentType": (*body).readContentType,
		"attributes":  (*body).readAttributes,
		"tags":        (*body).readTags,
		"id":          nil, "kid": nil, "managed": nil,
	}
}

func attributeFields() map[string]func(*body, strictjson.Value) bool {
	return map[string]func(*body, strictjson.Value) bool{
		"enabled": (*body).readEnabled,
		"nbf":     (*body).readNotBefore,
		"exp":     (*body).readExpires,
		"created": nil, "updated": nil, "recoveryLevel": nil, "recoverableDays": nil,
	}
}

// maxDepth is more than a body's objects are nested.
const maxDepth = 8

// parseBody reads the body of Set Secret and Update Secret.
func parseBody(text []byte) (body, error) {
	var b body
	o, err := strictjson.Parse(text, strictjson.Limits{Bytes: maxBody, Depth: maxDepth, AllowNUL: true})
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return b, badBody("The request body is not an object of JSON: line %d, column %d: %s.", wrong.Line, wrong.Column, string(wrong.Why))
	}
	return b, b.read(o, bodyFields())
}

// read takes each member to its reader. Names are matched as they are spelled and in any other case of ASCII, once.
func (b *body) read(o strictjson.Object, fields map[string]func(*body, strictjson.Value) bool) error {
	known := 0
	for field, read := range fields {
		member, err := o.GetFold(field)
		switch {
		case err != nil:
			return badBody("The request body has %s twice.", field)
		case member.Kind() == strictjson.Invalid:
			continue
		}
		known++
		if read != nil && member.Kind() != strictjson.Null && !read(b, member) {
			return badBody("The value of %s in the request body is not one that it can have.", field)
		}
	}
	if known != o.Len() {
		return badBody("The request body has a name that is not known here.")
	}
	return nil
}

func badBody(format string, args ...any) error {
	return fault.New(fault.Invalid, BadBody, format, args...)
}

func (b *body) readValue(v strictjson.Value) bool {
	text, ok := v.Text()
	value := secret.Text(text)
	b.value = &value
	return ok
}

func (b *body) readContentType(v strictjson.Value) bool {
	text, ok := v.Text()
	b.change.ContentType = &text
	return ok
}

func (b *body) readTags(v strictjson.Value) bool {
	o, ok := v.Object()
	tags := view.Tags{}
	for name, value := range o.All() {
		text, isText := value.Text()
		tags[name] = text
		ok = ok && isText
	}
	b.change.Tags = &tags
	return ok
}

func (b *body) readAttributes(v strictjson.Value) bool {
	o, ok := v.Object()
	return ok && b.read(o, attributeFields()) == nil
}

func (b *body) readEnabled(v strictjson.Value) bool {
	enabled, ok := v.Bool()
	disabled := !enabled
	b.change.Disabled = &disabled
	return ok
}

func (b *body) readNotBefore(v strictjson.Value) bool { return readTime(&b.change.NotBefore, v) }

func (b *body) readExpires(v strictjson.Value) bool { return readTime(&b.change.Expires, v) }

// lastTime is the end of the year 9999 in seconds, behind which a time has no text.
const lastTime = 253_402_300_799

// readTime reads whole seconds since 1970.
func readTime(into **time.Time, v strictjson.Value) bool {
	seconds, ok := v.Float()
	if !ok || seconds < 0 || seconds > lastTime || seconds != float64(int64(seconds)) {
		return false
	}
	at := time.Unix(int64(seconds), 0).UTC()
	*into = &at
	return true
}

// body reads the request's.
func (c *call) body() (body, error) {
	text, err := web.ReadBody(c.r)
	if err != nil {
		return body{}, err
	}
	return parseBody(text)
}
