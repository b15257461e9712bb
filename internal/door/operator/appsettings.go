package operator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// AppSetting means that a setting in a resource's siteConfig.appSettings cannot be a variable of the process: its name is
// not one, stands twice, or would take the place of what Lanyard or the system sets.
const AppSetting fault.Reason = "operator.app_setting"

// Bounds of a resource's settings.
const (
	maxSettings = 256
	maxSetting  = 32 << 10 // bytes of one value
)

var settingNames = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]{0,255}$`)

// clientIDSetting names the identity that an SDK shall use where a resource has several: the one credential setting that
// an App Service app may have, and only with an id of its own.
const clientIDSetting = "AZURE_CLIENT_ID"

// reservedPrefixes begin the names of what the launcher sets: credentials and endpoints of the clouds, the launcher's own,
// and what tells the system which code a process loads. Who may write a resource's settings shall not choose that.
func reservedPrefixes() []string {
	return []string{"AWS_", "AZURE_", "ARM_", "MSI_", "IDENTITY_", "GOOGLE_", "LANYARD_", "SSL_CERT_", "LD_", "DYLD_", "GIT_", "XDG_"}
}

func reservedNames() []string {
	return []string{"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP",
		"PERL5LIB", "PERL5OPT", "RUBYOPT", "JAVA_TOOL_OPTIONS", "PATH", "HOME", "USER", "LOGNAME", "SHELL", "ENV", "BASH_ENV", "IFS",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
}

// siteConfig is the part of an App Service resource's properties that is read.
type siteConfig struct {
	SiteConfig struct {
		AppSettings []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"appSettings"`
	} `json:"siteConfig"`
}

// settingsOf gives the settings that a resource's process gets, and the client id that they choose.
func settingsOf(r *view.Resource, own []name.GUID) (env map[string]string, client string, err error) {
	if len(r.Properties) == 0 {
		return nil, "", nil
	}
	var p siteConfig
	if err := json.Unmarshal(r.Properties, &p); err != nil {
		return nil, "", badSetting(r, "siteConfig.appSettings is not a list of name and value")
	}
	if len(p.SiteConfig.AppSettings) > maxSettings {
		return nil, "", badSetting(r, "there are more than %d app settings", maxSettings)
	}
	env = map[string]string{}
	for _, s := range p.SiteConfig.AppSettings {
		if s.Name == clientIDSetting {
			id, err := name.ParseGUID(s.Value)
			if err != nil || !slices.Contains(own, id) {
				return nil, "", badSetting(r, "the app setting %s is not the client id of one of its identities", s.Name)
			}
			client = id.String()
			continue
		}
		if _, twice := env[s.Name]; twice {
			return nil, "", badSetting(r, "the app setting %q stands twice", s.Name)
		}
		if why := refusedSetting(s.Name, s.Value); why != "" {
			return nil, "", badSetting(r, "the app setting %q %s", s.Name, why)
		}
		env[s.Name] = s.Value
	}
	return env, client, nil
}

// refusedSetting says why a setting cannot be a variable; "" when it can.
func refusedSetting(setting, value string) string {
	upper := strings.ToUpper(setting)
	switch {
	case !settingNames.MatchString(setting):
		return "is not the name of a variable"
	case slices.Contains(reservedNames(), upper),
		slices.ContainsFunc(reservedPrefixes(), func(p string) bool { return strings.HasPrefix(upper, p) }):
		return "would take the place of what the launcher sets"
	case len(value) > maxSetting || strings.ContainsRune(value, 0):
		return "has a value that is too long or holds a NUL"
	}
	return ""
}

func badSetting(r *view.Resource, format string, args ...any) error {
	f := fault.New(fault.Invalid, AppSetting, format, args...)
	f.Public = r.ID.String() + ": " + f.Public + "."
	return f
}
