package wire

import (
	"encoding/xml"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// BadKeyInfo means that the body of a request for a user delegation key is not one.
const BadKeyInfo fault.Reason = "blob.bad_key_info"

// ParseKeyInfo reads KeyInfo with its Start and Expiry, in whole seconds of UTC. Nothing is skipped.
func ParseKeyInfo(text []byte) (start, expiry time.Time, err error) {
	bad := fault.New(fault.Invalid, BadKeyInfo, "The body is not a KeyInfo with an Expiry.")
	var info struct {
		XMLName xml.Name   `xml:"KeyInfo"`
		Start   []string   `xml:"Start"`
		Expiry  []string   `xml:"Expiry"`
		Other   []struct{} `xml:",any"`
		Attrs   []xml.Attr `xml:",any,attr"`
	}
	if strings.Contains(string(text), "<!") {
		return start, expiry, bad
	}
	if err := xml.Unmarshal(text, &info); err != nil {
		return start, expiry, bad.Because(err)
	}
	if len(info.Start) > 1 || len(info.Expiry) != 1 || len(info.Other) > 0 || len(info.Attrs) > 0 {
		return start, expiry, bad
	}
	if len(info.Start) == 1 && info.Start[0] != "" {
		if start, err = time.Parse(time.RFC3339Nano, info.Start[0]); err != nil {
			return start, expiry, bad.Because(err)
		}
	}
	if expiry, err = time.Parse(time.RFC3339Nano, info.Expiry[0]); err != nil {
		return start, expiry, bad.Because(err)
	}
	return start.UTC().Truncate(time.Second), expiry.UTC().Truncate(time.Second), nil
}
