package mint

import (
	"crypto/rand"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// NewClientSecret makes a secret that an application may sign in with, and what is kept of it. Name and times are the
// caller's to fill in. It has letters and digits only: some commands take a leading dash for an option.
func NewClientSecret() (secret.Text, view.ClientSecret) {
	text := secret.Text(rand.Text() + rand.Text()) // 256 bits and more
	return text, view.ClientSecret{ID: name.NewGUID(), Hint: text.Reveal()[:3], Hash: credential.HashSecret(text)}
}
