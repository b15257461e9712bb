package iampolicy

import (
	"bytes"
	"encoding/json"
)

// Rewrite gives the document with the value of each principal replaced by what replace makes of it, everything else
// byte for byte as it was. A lone "*" is not asked about. An error of replace becomes an InvalidPrincipal fault with that
// error as its cause.
//
// A directory that saves a policy replaces ARNs of its roles and users by their unique ids, so that a role made later
// under the same name is not the one that was trusted, and maps them back for reading (IAM User Guide, "Principal").
func (p *Policy) Rewrite(replace func(kind, value string) (string, error)) ([]byte, error) {
	var out bytes.Buffer
	done := 0
	for i := range p.statements {
		for _, who := range p.statements[i].principals {
			if who.everyone() {
				continue
			}
			value, err := replace(who.kind, who.value)
			if err != nil {
				return nil, invalidPrincipal(p.source, who.start, who.kind, who.value).Because(err)
			}
			if value == who.value {
				continue
			}
			quoted, _ := json.Marshal(value) // a string always has a JSON form
			out.Write(p.source[done:who.start])
			out.Write(quoted)
			done = who.end
		}
	}
	out.Write(p.source[done:])
	return out.Bytes(), nil
}
