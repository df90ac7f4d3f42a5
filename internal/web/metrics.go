package web

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// seen counts requests and how long they took, by route and status: both are bounded in number.
type seen struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newSeen(registry *prometheus.Registry) *seen {
	s := &seen{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "assay_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "assay_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
	}
	registry.MustRegister(s.requests, s.seconds)
	return s
}

// request counts one. What is long by its nature says nothing of how fast requests are answered.
func (s *seen) request(route string, status int, took time.Duration, long bool) {
	s.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	if !long {
		s.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

func (s *seen) mount(mux *http.ServeMux, registry *prometheus.Registry) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

func profiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}
