module github.com/assay-hq/assay

go 1.26

require (
	github.com/casbin/casbin/v2 v2.0.0
	github.com/coreos/go-oidc/v3 v3.0.0
)

replace (
	github.com/casbin/casbin/v2 => ./third/casbin
	github.com/coreos/go-oidc/v3 => ./third/oidc
)
