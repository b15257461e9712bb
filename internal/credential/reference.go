package credential

import (
	"encoding/base64"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// referencePurpose is what the keyring binds sealed references to.
const referencePurpose = "aws-decision"

// BadReference means that a text is not the encoded message of a refusal in the caller's account, or is too old.
const BadReference fault.Reason = "sts.bad_authorization_message"

// SealReference writes which record tells of a request, for principals of one account alone. Its length says nothing.
func SealReference(by Sealer, account name.AccountID, id requestid.ID) (string, error) {
	sealed, err := by.Seal(referencePurpose, []byte(account.String()), []byte(id.String()))
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// OpenReference reads what SealReference wrote for the account.
func OpenReference(with Opener, account name.AccountID, text string) (id requestid.ID, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err == nil {
		raw, err = with.Unseal(referencePurpose, []byte(account.String()), raw)
	}
	if err == nil {
		id, err = requestid.Parse(string(raw))
	}
	if err != nil {
		return requestid.ID{}, fault.New(fault.Invalid, BadReference, "The encoded message is not one of a refusal in your account.").Because(err)
	}
	return id, nil
}
