package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/admin"
	"github.com/lanyard-id/lanyard/internal/door/arm"
	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/eks"
	"github.com/lanyard-id/lanyard/internal/door/entra"
	"github.com/lanyard-id/lanyard/internal/door/feed"
	"github.com/lanyard-id/lanyard/internal/door/graph"
	"github.com/lanyard-id/lanyard/internal/door/iam"
	"github.com/lanyard-id/lanyard/internal/door/keyvault"
	"github.com/lanyard-id/lanyard/internal/door/lambda"
	"github.com/lanyard-id/lanyard/internal/door/metadata"
	"github.com/lanyard-id/lanyard/internal/door/operator"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/sts"
	"github.com/lanyard-id/lanyard/internal/secrets"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// exchangeTime bounds one request at the doors that do not stream.
const exchangeTime = 30 * time.Second

// stall bounds the silence of a peer at the doors that do, in which nothing is sent or taken.
const stall = 30 * time.Second

// mounter is a door that is ready for the house's part of its configuration.
type mounter interface {
	Mount(cfg web.Config) (*web.Door, error)
}

// part is one door on its listener. Doors of one place share it: the first that has a pattern for the path answers, and the
// first of all for paths that none has.
type part struct {
	place   string
	door    mounter
	streams bool // requests and answers of any length: no bound on their time
}

// doors is the list of all doors but the operator's.
func (s *Server) doors() []part {
	return []part{
		{place: "entra", door: entra.Door{View: s.View, Verifier: s.verifier, Proofs: s.authn, Mint: s.mint, Keys: s.ring, Now: s.now}},
		{place: "entra", door: feed.Door{View: s.View, Ended: s.ended, Authn: s.authn, Mint: s.mint, Stop: s.draining}},
		{place: "entra", door: metadata.Fabric{Door: metadata.Door{View: s.View, Mint: s.mint, Now: s.now}}},
		{place: "entra", door: graph.Door{View: s.View, Authn: s.authn, Directory: s.dir, Ledger: s.audit, Room: s.guard, Now: s.now}},
		{place: "entra", door: arm.Door{View: s.View, Authn: s.authn, Directory: s.dir, Ledger: s.audit, Room: s.guard, Now: s.now}},
		{place: "entra", door: lambda.Door{Directory: s.dir, Authn: s.authn, Audit: s.audit, Room: s.guard.Check, Now: s.now}},
		{place: "entra", door: eks.Door{
			Pods: s.pods(), Directory: s.dir, Authn: s.authn, Audit: s.audit, Room: s.guard.Check, Last: s.guard.Last,
		}},
		{place: "sts", door: query.Listener{View: s.View, Services: []query.Service{
			sts.Door{Authn: s.authn, Verifier: s.verifier, Mint: s.mint, Keys: s.ring, Trail: s.audit, Now: s.now}.Service(),
			iam.Door{Authn: s.authn, Directory: s.dir, Ledger: s.audit, Room: s.guard, Mint: s.mint, Now: s.now}.Service(),
		}}},
		{place: "s3", door: s3.Door{
			View: s.View, Directory: s.dir, Authn: s.authn, Objects: s.objects, Audit: s.audit,
			Room: s.guard.Check, Last: s.guard.Last, Now: s.now,
		}, streams: true},
		{place: "blob", door: blob.Door{
			View: s.View, Directory: s.dir, Authn: s.authn, Mint: s.mint, Objects: s.objects, Audit: s.audit,
			Room: s.guard.Check, Last: s.guard.Last, Now: s.now,
		}, streams: true},
		{place: vaultPlace, door: keyvault.Door{
			Directory: s.dir, Authn: s.authn, Values: secrets.Values{Keys: s.ring}, Audit: s.audit,
			Room: s.guard.Check, Last: s.guard.Last, Now: s.now,
		}},
		{place: "metadata", door: metadata.Door{View: s.View, Mint: s.mint, Now: s.now}},
		{place: "metadata", door: metadata.AWS{View: s.View, Mint: s.mint, Now: s.now}},
		{place: "metadata", door: eks.Agent{Pods: s.pods(), View: s.View}},
		{place: "console", door: admin.Door{Ready: s.Ready, Metrics: s.metrics.registry}},
	}
}

// pods gives pods their credentials, at both doors where they are asked for.
func (s *Server) pods() eks.Pods { return eks.Pods{Verifier: s.verifier, Mint: s.mint, Now: s.now} }

// mountDoors makes each door's server on its listener; the operator's listens on a socket of its own.
func (s *Server) mountDoors(ctx context.Context) error {
	secure := map[string]bool{}
	for _, p := range places() {
		secure[p.name] = p.tls
	}
	for _, parts := range shared(s.doors()) {
		h, err := s.mount(parts)
		if err != nil {
			return err
		}
		cfg := web.ServerConfig{Handler: h, Log: s.log, Exchange: exchangeTime}
		if parts[0].streams {
			cfg.Exchange = 0
		}
		if secure[parts[0].place] {
			cfg.TLS = &tls.Config{GetCertificate: s.getCert, MinVersion: tls.VersionTLS12}
		}
		s.serve(web.NewServer(cfg), s.open[parts[0].place])
	}
	ln, err := listenOperator(ctx, s.cfg)
	if err != nil {
		return err
	}
	s.later(func() error { _ = ln.Close(); return nil }) // Shutdown closes it as well
	d, err := s.operatorDoor().Mount(s.house())
	if err != nil {
		return err
	}
	s.serve(web.NewServer(web.ServerConfig{Handler: d, Log: s.log, ConnContext: operator.ConnContext}), ln)
	s.gauges()
	return nil
}

// shared puts the doors of one place together, in the order of the list.
func shared(parts []part) (places [][]part) {
	at := map[string]int{}
	for _, p := range parts {
		i, known := at[p.place]
		if !known {
			i = len(places)
			at[p.place] = i
			places = append(places, nil)
		}
		places[i] = append(places[i], p)
	}
	return places
}

// mount makes the handler of one place.
func (s *Server) mount(parts []part) (http.Handler, error) {
	var doors []*web.Door
	for _, p := range parts {
		d, err := p.door.Mount(s.house())
		if err != nil {
			return nil, err
		}
		doors = append(doors, d)
	}
	if len(doors) == 1 {
		return doors[0], nil
	}
	return web.Join(doors...)
}

// serve notes a server and its listener; Run starts it.
func (s *Server) serve(srv *http.Server, ln net.Listener) {
	ln = bounded(ln)
	s.servers = append(s.servers, srv)
	s.starts = append(s.starts, func() error {
		if srv.TLSConfig != nil {
			return srv.ServeTLS(ln, "", "")
		}
		return srv.Serve(ln)
	})
}
