package etcd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// The engine's settings for one member on its own.
const (
	memberName       = "lanyard"
	tickMs           = 10 // heartbeat; with the engine's defaults a restart waits a second for its own election
	electionMs       = 100
	historyKept      = 10 * time.Minute // at least so long revisions can be read and watched
	maxTxnOps        = 128
	maxRequestBytes  = 2 << 20   // above the largest transaction that store.CheckTxn lets through
	quotaReserve     = 256 << 20 // what the engine may take above our quota, so that its own alarm is never met
	raftSnapshot     = 500       // applied entries after which the engine forgets them: little is kept in memory and read at a start
	raftSnapshotTail = 100
	oldLogs          = 1 // log files that are kept, beside those that the last mark needs; each is read at every start
)

// engineConfig makes the engine's configuration for a folder. Without listen addresses the engine serves nobody: it is
// called in process. The peer address is a name that it needs of itself and never uses.
func engineConfig(dir string, quota int64, logger *zap.Logger) *embed.Config {
	self := url.URL{Scheme: "unix", Host: memberName}
	config := embed.NewConfig()
	config.Name = memberName
	config.Dir = dir
	config.ListenPeerUrls, config.ListenClientUrls, config.ListenClientHttpUrls, config.ListenMetricsUrls = nil, nil, nil, nil
	config.AdvertisePeerUrls, config.AdvertiseClientUrls = []url.URL{self}, []url.URL{self}
	config.InitialCluster = memberName + "=" + self.String()
	config.EnableGRPCGateway = false
	config.AuthToken = "" // its access control is not used, so nobody can log in to it
	config.TickMs, config.ElectionMs = tickMs, electionMs
	config.AutoCompactionMode, config.AutoCompactionRetention = embed.CompactorModePeriodic, historyKept.String()
	config.QuotaBackendBytes = quota + quotaReserve
	config.MaxWalFiles = oldLogs
	config.MaxTxnOps, config.MaxRequestBytes = maxTxnOps, maxRequestBytes
	config.SnapshotCount, config.SnapshotCatchUpEntries = raftSnapshot, raftSnapshotTail
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(logger)
	return config
}

// start runs the engine until it can be written to. Failed ends when the engine gave up in one of its own goroutines,
// where no error can come back: then what it holds stays held until the process ends.
func start(ctx, failed context.Context, config *embed.Config) (*embed.Etcd, error) {
	type result struct {
		server *embed.Etcd
		err    error
	}
	started := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: fmt.Errorf("the engine panicked: %v", p)}
			}
			started <- r
		}()
		r.server, r.err = embed.StartEtcd(config)
	}()
	var server *embed.Etcd
	select {
	case r := <-started:
		if r.err != nil {
			return nil, fmt.Errorf("start engine: %w", r.err)
		}
		server = r.server
	case <-failed.Done():
		return nil, context.Cause(failed)
	}
	select {
	case <-server.Server.ReadyNotify():
		return server, nil
	case <-server.Server.StopNotify():
		server.Close()
		return nil, errors.New("the engine stopped while it started")
	case <-failed.Done():
		return nil, context.Cause(failed)
	case <-ctx.Done():
		server.Close()
		return nil, ctx.Err()
	}
}
