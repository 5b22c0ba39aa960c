"""Work in child processes: conversion, verification, weights."""
