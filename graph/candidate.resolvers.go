package graph

func (r *Resolver) Candidate() CandidateResolver { return &candidateResolver{r} }

type candidateResolver struct{ *Resolver }
