package eks

import (
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// FuzzRequests throws junk at what is read of requests: it is refused as one that cannot be read, or read.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{
		`{"namespace":"n","serviceAccount":"s","roleArn":"arn:aws:iam::111122223333:role/r","tags":{"a":"b"},"disableSessionTags":true}`,
		`{"token":"x"}`, `maxResults=3&nextToken=a-1&namespace=n`, `{"policy":1}`, ``, `{`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, bodyErr := decodeWanted([]byte(text))
		token, tokenErr := decodeToken([]byte(text))
		in, listErr := decodeList(text)
		for _, err := range []error{bodyErr, tokenErr, listErr} {
			if err == nil {
				continue
			}
			if k := fault.From(err).Kind; k != fault.Invalid && k != fault.Unsupported {
				t.Errorf("%q: %v", text, err)
			}
		}
		if tokenErr == nil && token == "" || listErr == nil && (in.most < 1 || in.most > 100) {
			t.Errorf("%q was read", text)
		}
	})
}
