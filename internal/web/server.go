package web

import (
	"context"
	"crypto/tls"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// Limits of every connection. A request's header must be small and quick; how long a body may take is the listener's
// choice, because a data door streams.
const (
	maxHeaderBytes       = 32 << 10
	readHeaderTimeout    = 10 * time.Second
	idleTimeout          = 2 * time.Minute
	maxConcurrentStreams = 128
)

// ServerConfig describes one listener's server.
type ServerConfig struct {
	Handler http.Handler
	Log     *slog.Logger

	// TLS makes the server speak TLS; nil serves plain HTTP, which only the metadata listener may. HardenTLS has the
	// last word on it.
	TLS *tls.Config

	// Exchange bounds reading one request and writing its answer; 0 sets no bound, for doors that stream.
	Exchange time.Duration

	// ConnContext puts facts about a connection into the context of its requests; nil for none.
	ConnContext func(ctx context.Context, c net.Conn) context.Context
}

// NewServer makes the http.Server of one listener, with the limits of this package. The caller listens, serves and
// shuts down. HTTP/2 is spoken over TLS only, with a bounded number of streams: net/http answers floods of resets,
// continuations and settings by closing the connection (threat H02).
func NewServer(cfg ServerConfig) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	s := &http.Server{
		Handler:                      cfg.Handler,
		DisableGeneralOptionsHandler: true, // OPTIONS * goes through the door like anything else
		ReadHeaderTimeout:            readHeaderTimeout,
		ReadTimeout:                  cfg.Exchange,
		WriteTimeout:                 cfg.Exchange,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               maxHeaderBytes,
		ErrorLog:                     log.New(serverLog{cfg.Log}, "", 0),
		ConnContext:                  cfg.ConnContext,
		Protocols:                    &protocols,
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: maxConcurrentStreams},
	}
	if cfg.TLS != nil {
		protocols.SetHTTP2(true)
		s.TLSConfig = HardenTLS(cfg.TLS)
	}
	return s
}

// HardenTLS gives a copy of c that speaks TLS 1.2 with ephemeral keys and authenticated encryption, or 1.3 (RFC 9325
// section 4.2). With client certificates there are no session tickets, so that a revoked certificate is seen on each
// connection.
func HardenTLS(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	c.CipherSuites = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	if c.ClientAuth != tls.NoClientCert {
		c.SessionTicketsDisabled = true
	}
	return c
}

// serverLog takes net/http's own lines into the house's log. What any stranger can cause at will goes to debug.
type serverLog struct{ log *slog.Logger }

// Write logs one line.
func (l serverLog) Write(line []byte) (int, error) {
	text, level := strings.TrimSpace(string(line)), slog.LevelWarn
	if strings.HasPrefix(text, "http: TLS handshake error") || strings.HasPrefix(text, "http: URL query contains semicolon") {
		level = slog.LevelDebug
	}
	l.log.LogAttrs(context.Background(), level, "net/http", slog.String("line", text))
	return len(line), nil
}
