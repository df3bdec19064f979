package main

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// functionInVain says why another function with the same arguments changes nothing.
func functionInVain(was *parser.Call, path []parser.Expr) equivalence {
	switch {
	case presenceOnly(was, path):
		return onlyPresence
	case !growth(was):
	case signOnly(was, path):
		return onlySign
	case proportionOnly(path):
		return onlyProportion
	}
	return ""
}

// growth says whether a value is that of a counter's growth, which is never
// negative.
func growth(node parser.Expr) bool {
	call, ok := node.(*parser.Call)
	return ok && (call.Func.Name == "rate" || call.Func.Name == "increase")
}

// presenceOnly says whether the value of a node is not looked at: it is multiplied by
// 0, or stands on the right of and or unless.
func presenceOnly(node parser.Expr, path []parser.Expr) bool {
	child := node
	for _, parent := range slices.Backward(path) {
		switch n := parent.(type) {
		case *parser.ParenExpr:
		case *parser.BinaryExpr:
			switch n.Op {
			case parser.MUL:
				return isZero(n.LHS) || isZero(n.RHS)
			case parser.LAND, parser.LUNLESS:
				return child == n.RHS
			}
			return false
		default:
			return false
		}
		child = parent
	}
	return false
}

// signOnly says whether the value of a node is only compared with 0, and then only
// decides about others.
func signOnly(node parser.Expr, path []parser.Expr) bool {
	child, compared := node, false
	for _, parent := range slices.Backward(path) {
		switch n := parent.(type) {
		case *parser.ParenExpr:
		case *parser.AggregateExpr:
			if n.Op != parser.SUM && n.Op != parser.MAX && n.Op != parser.MIN {
				return false
			}
		case *parser.BinaryExpr:
			switch {
			case !compared && n.Op.IsComparisonOperator() && isZero(n.RHS):
				compared = true
			case compared && (n.Op == parser.LAND || n.Op == parser.LUNLESS):
				if child == n.RHS {
					return true
				}
			default:
				return false
			}
		default:
			return false
		}
		child = parent
	}
	return false
}

// proportionOnly says whether a value is added up at most before a quantile is taken.
func proportionOnly(path []parser.Expr) bool {
	for _, parent := range slices.Backward(path) {
		switch n := parent.(type) {
		case *parser.ParenExpr:
		case *parser.AggregateExpr:
			if n.Op != parser.SUM {
				return false
			}
		case *parser.Call:
			return n.Func.Name == "histogram_quantile"
		default:
			return false
		}
	}
	return false
}

func isZero(node parser.Expr) bool {
	n, ok := node.(*parser.NumberLiteral)
	return ok && n.Val == 0
}
