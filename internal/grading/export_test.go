package grading

// Alpha is the reliability that the documents of reports tell of.
func Alpha(docs ...[]byte) (*float64, error) {
	var r reliability
	for _, doc := range docs {
		if err := r.add(doc); err != nil {
			return nil, err
		}
	}
	return r.alpha(), nil
}
