package credential

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/name"
)

// The prefixes of the access keys of sessions and of users (IAM User Guide, "Unique identifiers").
const (
	temporary = "ASIA"
	lasting   = "AKIA"
)

// Of the ten bytes in a key id the first half is the account's number and the other is random.
const keyIDBytes = 10

// NewKeyID makes the id of a session's access key: ASIA and 16 letters and digits, which hold the account and 40 random bits.
// It is no secret, as it is none at AWS; a session token opens with its own key id and signatures need the key.
func NewKeyID(account name.AccountID) string { return newKeyID(temporary, account) }

// NewUserKeyID makes the id of a user's access key in the same way: AKIA and 16 letters and digits.
func NewUserKeyID(account name.AccountID) string { return newKeyID(lasting, account) }

func newKeyID(prefix string, account name.AccountID) string {
	var b [keyIDBytes]byte
	var wide [8]byte
	n, _ := strconv.ParseUint(account.String(), 10, 40) // twelve digits have 40 bits; no account is 0
	binary.BigEndian.PutUint64(wide[:], n)
	copy(b[:], wide[3:])
	_, _ = rand.Read(b[5:]) // never fails since Go 1.24: the process ends instead
	return prefix + base32.StdEncoding.EncodeToString(b[:])
}

// AccountOfKey gives the account that is written in the id of an access key, of a session or a user. It says nothing about whether there
// ever was such a key.
func AccountOfKey(keyID string) (name.AccountID, bool) {
	if len(keyID) != len(temporary)+base32.StdEncoding.EncodedLen(keyIDBytes) ||
		keyID[:len(temporary)] != temporary && keyID[:len(temporary)] != lasting {
		return name.AccountID{}, false
	}
	b, err := base32.StdEncoding.DecodeString(keyID[len(temporary):])
	if err != nil {
		return name.AccountID{}, false
	}
	n := binary.BigEndian.Uint64(append([]byte{0, 0, 0}, b[:5]...))
	account, err := name.ParseAccountID(fmt.Sprintf("%012d", n))
	return account, err == nil
}
