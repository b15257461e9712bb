package mint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// hostPurpose is what the keys of instance metadata tokens are derived for.
const hostPurpose = "imds-token"

// hostToken is the form of an instance metadata token: when it ends, and the code over that.
const (
	hostEnds  = 8
	hostToken = hostEnds + sha256.Size
)

// HostToken makes the token by which one workload asks its instance metadata (IMDSv2). Nothing is kept: it holds for life,
// for the proof that it was made for, and in this incarnation of the store. It opens nothing without that proof.
func (m *Mint) HostToken(v *view.View, proof string, life time.Duration) (secret.Text, error) {
	if err := open(v); err != nil {
		return "", err
	}
	token := binary.BigEndian.AppendUint64(make([]byte, 0, hostToken), uint64(m.Now().Add(life).Unix())) //nolint:gosec // after 1970
	code, err := m.hostCode(v, proof, token)
	if err != nil {
		return "", err
	}
	return secret.Text(base64.RawURLEncoding.EncodeToString(append(token, code...))), nil
}

// HostTokenHolds tells whether a token was made for this proof and is not over.
func (m *Mint) HostTokenHolds(v *view.View, proof, token string) bool {
	if len(token) != base64.RawURLEncoding.EncodedLen(hostToken) {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != hostToken { // Go skips line breaks even in strict mode
		return false
	}
	code, err := m.hostCode(v, proof, raw[:hostEnds])
	if err != nil || !hmac.Equal(code, raw[hostEnds:]) {
		return false
	}
	return m.Now().Unix() < int64(binary.BigEndian.Uint64(raw)) //nolint:gosec // it was ours
}

// hostCode is the code over the end of a token. Its key is one proof's own.
func (m *Mint) hostCode(v *view.View, proof string, ends []byte) ([]byte, error) {
	key, err := m.Keys.Derive(hostPurpose, []byte(v.Installation().Incarnation+"\x00"+proof))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(ends)
	return mac.Sum(nil), nil
}
