package kit

import (
	"bytes"

	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// MaxBody is the longest body that is read, in bytes: twice what one record may take.
const MaxBody = 512 << 10

// Object is a JSON object of the request's body. Known names are found ignoring ASCII case, as ARM's are; one that stands
// twice in different case is refused.
type Object struct {
	object strictjson.Object
	where  string // path to it, for errors
}

// Body reads the request's body as one JSON object.
func (c *Call) Body() (Object, error) {
	b, err := web.ReadBody(c.r)
	if err != nil {
		return Object{}, err
	}
	return ParseObject(b)
}

// NoBody refuses a body where none is read: whoever sends one means something that would be passed over.
func (c *Call) NoBody() error {
	b, err := web.ReadBody(c.r)
	if err != nil {
		return err
	}
	if s := string(bytes.TrimSpace(b)); s != "" && s != "{}" && s != "null" {
		return invalid(BadBody, "Nothing is read from the request content here.")
	}
	return nil
}

// ParseObject reads a text as one JSON object.
func ParseObject(b []byte) (Object, error) {
	o, err := strictjson.Parse(b, strictjson.Limits{Bytes: MaxBody})
	if err != nil {
		return Object{}, invalid(BadBody, "The request content was invalid and could not be deserialized: '%s'.", err)
	}
	return Object{object: o}, nil
}

// Get finds a member; a zero Value when it is not there.
func (o Object) Get(called string) (strictjson.Value, error) {
	v, err := o.object.GetFold(called)
	if err != nil {
		return v, invalid(BadBody, "The request content was invalid: %s%s.", o.where, err)
	}
	return v, nil
}

// Members gives all members, in order.
func (o Object) Members() []strictjson.Member { return o.object.Members() }

// Has tells whether a member is there and not null.
func (o Object) Has(called string) (bool, error) {
	v, err := o.Get(called)
	return err == nil && v.Kind() != strictjson.Invalid && v.Kind() != strictjson.Null, err
}

// Text gives a member that must be a string; empty when it is missing or null.
func (o Object) Text(called string) (string, error) {
	v, err := o.Get(called)
	if err != nil || absent(v) {
		return "", err
	}
	s, ok := v.Text()
	if !ok {
		return "", o.wrong(called, "a string")
	}
	return s, nil
}

// Texts gives a member that must be an array of strings; nil when it is missing or null.
func (o Object) Texts(called string) ([]string, error) {
	v, err := o.Get(called)
	if err != nil || absent(v) {
		return nil, err
	}
	if _, isArray := v.Elements(); !isArray {
		return nil, o.wrong(called, "an array of strings")
	}
	list, ok := v.Texts()
	if !ok {
		return nil, o.wrong(called, "an array of strings")
	}
	return list, nil
}

// Object gives a member that must be an object; ok is false when it is missing or null.
func (o Object) Object(called string) (in Object, ok bool, err error) {
	v, err := o.Get(called)
	if err != nil || absent(v) {
		return Object{}, false, err
	}
	object, isObject := v.Object()
	if !isObject {
		return Object{}, false, o.wrong(called, "an object")
	}
	return Object{object, o.where + called + "."}, true, nil
}

// Tags gives the member tags; ok is false when it is missing or null.
func (o Object) Tags() (tags view.Tags, ok bool, err error) {
	in, ok, err := o.Object("tags")
	if !ok || err != nil {
		return nil, false, err
	}
	tags = view.Tags{}
	for _, m := range in.Members() {
		s, isText := m.Value.Text()
		if !isText {
			return nil, false, o.wrong("tags", "an object of strings")
		}
		tags[m.Name] = s
	}
	return tags, true, nil
}

func (o Object) wrong(called, want string) error {
	return invalid(BadBody, "The request content was invalid: '%s%s' is not %s.", o.where, called, want)
}

func absent(v strictjson.Value) bool {
	return v.Kind() == strictjson.Invalid || v.Kind() == strictjson.Null
}
