package sitting

// link is the address that an invitation mail carries.
func (s *Service) link(secret string) string { return s.cfg.PublicURL + "/take/" + secret }
