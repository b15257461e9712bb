package launch

import (
	"fmt"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
)

// Shell writes the settings for a POSIX shell to evaluate, unset lines first.
func Shell(f Facts, settings []Setting, unset []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", about(f))
	for _, name := range unset {
		fmt.Fprintf(&b, "unset %s\n", name)
	}
	for _, s := range settings {
		fmt.Fprintf(&b, "export %s=%s\n", s.Name, Quote(s.Value))
	}
	return b.String()
}

// Dotenv writes the settings as a .env file, which can unset nothing.
func Dotenv(f Facts, settings []Setting) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", about(f))
	for _, s := range settings {
		fmt.Fprintf(&b, "%s=%s\n", s.Name, dotenvValue(s.Value))
	}
	return b.String()
}

// dotenvValue quotes a value for readers of .env files and for the shells that people source them with: singly where that
// can be, because nothing is replaced in there.
func dotenvValue(value string) string {
	switch {
	case value == Quote(value):
		return value
	case !strings.ContainsAny(value, "'\r\n"):
		return "'" + value + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "$", `\$`, "`", "\\`").Replace(value) + `"`
}

// about is the comment above the settings.
func about(f Facts) string {
	if f.Launch.As == "" {
		return "# no identity: lanyard env --as RESOURCE gives one"
	}
	return fmt.Sprintf("# as %s until %s", screen.Printable(strings.ReplaceAll(f.Launch.As, "\n", " ")), screen.When(f.Launch.Expires))
}

// JSON has the same keys whatever the server offers.
func JSON(f Facts, settings []Setting, unset []string) map[string]any {
	out := map[string]any{
		"ca": f.Status.CA, "ownCa": f.Status.OwnCA, "tenant": f.Status.Tenant, "subscription": f.Status.Subscription,
		"account": f.Status.Account, "region": f.Status.Region, "unset": unset,
	}
	for _, door := range Doors() {
		out[door] = f.Status.URLs[door]
	}
	environment := map[string]string{}
	for _, s := range settings {
		environment[s.Name] = s.Value
	}
	out["environment"] = environment
	if f.Launch.As != "" {
		out["as"] = f.Launch.As
		out["expires"] = f.Launch.Expires.UTC().Format(time.RFC3339)
	}
	return out
}
