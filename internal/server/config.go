package server

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why a configuration is refused.
const (
	// BadConfig means that the configuration file, or a flag that overrides it, is wrong; the text says where.
	BadConfig fault.Reason = "config.invalid"
)

// Config is the whole configuration; its comments are the reference. No file is needed: the zero value of every field
// starts a server on loopback. Flags override the file.
type Config struct {
	// Data is the data folder. Default: $XDG_DATA_HOME/lanyard, for root /var/lib/lanyard.
	Data string `yaml:"data"`
	// Listen is HOST:PORT of the first listener (Entra); the others follow at fixed distances: STS +1, S3 +2, Blob +3,
	// Key Vault +4, admin +6, metadata -3. HOST:0 gives each a free port of its own. Used at the first start only: the public URLs
	// are stored then. Default 127.0.0.1:8443.
	Listen string `yaml:"listen"`
	// VaultDomain is the domain whose sub-domains are the key vaults: a vault is reached at https://NAME.VAULT_DOMAIN:PORT.
	// Its sub-domains must lead to the server, and a certificate of your own must name *.VAULT_DOMAIN. Used when the URL of
	// the vaults is stored, at the first start. Default vault.localhost, for clients on the same machine.
	VaultDomain string `yaml:"vault_domain"`
	// StorageDomain is the domain below which each storage account has a name: NAME.blob.STORAGE_DOMAIN, at the Blob port, for
	// clients that know the account's name only; and each bucket, NAME.s3.STORAGE_DOMAIN at the S3 port, for clients whose
	// endpoint is s3.STORAGE_DOMAIN. The names must lead to the server, and a certificate of your own must name
	// *.blob.STORAGE_DOMAIN, s3.STORAGE_DOMAIN and *.s3.STORAGE_DOMAIN. Used when the URLs are stored, at the first start. Default storage.localhost, for clients on the
	// same machine.
	StorageDomain string `yaml:"storage_domain"`
	// Certificate and Key are PEM files of a certificate of your own for all listeners, read again when they change.
	// Default: a private authority, limited to the listeners' names.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Operators are the uids that may operate the server over its socket, beside root. Only for a server that root runs.
	Operators []int `yaml:"operators"`
	// TrustedProxies are networks whose X-Forwarded-For says where a request came from. Never a proof of identity.
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"`
	// TokenLifetime is how long Entra tokens live where nothing shorter is set. Default 3h, at most 24h.
	TokenLifetime time.Duration `yaml:"token_lifetime"`
	// SnapshotEvery is how often the store writes an automatic snapshot of itself into the data folder. Default 15m.
	SnapshotEvery time.Duration `yaml:"snapshot_every"`
	// LedgerKeep drops ledger segments that are older, with a note on the chain. Default 0: all are kept.
	LedgerKeep time.Duration `yaml:"ledger_keep"`
	// LedgerBytes drops the oldest ledger segments beyond this size, with a note on the chain. Default 0: all are kept. A
	// workload that is allowed to may ask for credentials without end, and each is a record: without a bound, watch the disk.
	LedgerBytes int64 `yaml:"ledger_bytes"`
	// LogLevel is debug, info, warn or error. Default info.
	LogLevel string `yaml:"log_level"`
}

// domains have two labels or more (RFC 1123 section 2.1): clients refuse to verify a challenge by less.
var domains = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// check finds what no start could work with.
func (c *Config) check() error {
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	if c.VaultDomain != "" && !domains.MatchString(c.VaultDomain) {
		return errors.New("vault_domain must be a domain in lower case, such as vault.example.org")
	}
	if c.StorageDomain != "" && !domains.MatchString(c.StorageDomain) {
		return errors.New("storage_domain must be a domain in lower case, such as storage.example.org")
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New("certificate and key must both be given, or neither")
	}
	if c.TokenLifetime < 0 || c.TokenLifetime > 24*time.Hour || c.TokenLifetime > 0 && c.TokenLifetime < 2*time.Second {
		return errors.New("token_lifetime must be between 2s and 24h")
	}
	if c.SnapshotEvery != 0 && c.SnapshotEvery < time.Minute {
		return errors.New("snapshot_every must be at least 1m")
	}
	if c.LedgerKeep != 0 && c.LedgerKeep < 24*time.Hour || c.LedgerBytes != 0 && c.LedgerBytes < 64<<20 {
		return errors.New("ledger_keep must be 0 or at least 24h, ledger_bytes 0 or at least 67108864")
	}
	switch c.LogLevel {
	case "", "debug", "info", "warn", "error":
		return nil
	}
	return fmt.Errorf("log_level %q is none of debug, info, warn, error", c.LogLevel)
}

// Complete fills what was left out and makes the data folder's path absolute: settings for clients name files in it, and
// clients run in folders of their own.
func (c *Config) Complete() error {
	if err := c.check(); err != nil {
		return badConfig("flags", err)
	}
	if c.Data == "" {
		dir, err := DefaultData()
		if err != nil {
			return err
		}
		c.Data = dir
	}
	abs, err := filepath.Abs(c.Data)
	if err != nil {
		return fault.New(fault.Invalid, BadConfig, "The data folder %s has no absolute path: the working folder is gone.", c.Data).Because(err)
	}
	c.Data = abs
	if c.SnapshotEvery == 0 {
		c.SnapshotEvery = 15 * time.Minute
	}
	return nil
}

// DefaultData is the data folder when nobody names one.
func DefaultData() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/lanyard", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir + "/lanyard", nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.New(fault.Invalid, BadConfig, "There is no home folder for the data: name a folder with --data.").Because(err)
	}
	return home + "/.local/share/lanyard", nil
}
