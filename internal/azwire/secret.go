package azwire

import "github.com/lanyard-id/lanyard/internal/secret"

// Secret is a proof that a caller presented: a client secret, an assertion, an endpoint's secret header.
type Secret = secret.Text
