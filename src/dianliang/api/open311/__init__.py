"""Open311 GeoReport v2: discovery, services, definitions, requests, tokens; JSON and XML.

Statuses are open or closed, as the standard has it; our own finer state is in
`extended_attributes`. Nothing personal leaves: a need stands where its village is, or at the
public place whose code was scanned.
"""
