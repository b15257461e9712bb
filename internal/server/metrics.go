package server

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lanyard-id/lanyard/internal/web"
)

// metrics are the server's own figures. Labels come from closed sets only.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lanyard_requests_total", Help: "Requests by door, route, HTTP status, and the fault's kind and reason.",
		}, []string{"door", "route", "status", "kind", "reason"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lanyard_request_seconds", Help: "How long requests took, by door and route.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9),
		}, []string{"door", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts a finished request.
func (m *metrics) Observe(l web.Labels, f web.Figures) {
	m.requests.WithLabelValues(l.Door, l.Route, strconv.Itoa(f.Status), l.Kind, l.Reason).Inc()
	m.seconds.WithLabelValues(l.Door, l.Route).Observe(f.Duration.Seconds())
}

// gauges adds the figures that are read when somebody asks.
func (s *Server) gauges() {
	gauge := func(name, help string, read func() float64) {
		s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	gauge("lanyard_revision", "Revision of the state that requests see.", func() float64 { return float64(s.View().Rev()) })
	gauge("lanyard_commits", "Transactions written since the start.", func() float64 { return float64(s.dir.Commits()) })
	gauge("lanyard_ready", "1 when the server issues credentials, else 0.", func() float64 {
		if s.Ready() != nil {
			return 0
		}
		return 1
	})
}
