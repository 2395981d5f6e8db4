package io.github.leaderlease.benchmark.report;

import java.util.ArrayList;
import java.util.List;

/** The answer to one question: how it was measured, tables, pictures, and what is worth a remark. */
public final class Section {

    private final String name;
    private final String question;
    private final String how;
    private final List<Picture> pictures = new ArrayList<>();
    private final List<Grid> grids = new ArrayList<>();
    private final List<Grid> samples = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * An answer without figures as yet.
     *
     * @param name the name of the part that measures it
     * @param question what one wants to know
     * @param how what was done
     */
    public Section(String name, String question, String how) {
        this.name = name;
        this.question = question;
        this.how = how;
    }

    /** Adds a table, and returns it. */
    public Grid grid(Grid grid) {
        grids.add(grid);
        return grid;
    }

    /** Adds single measurements, which only go to files. */
    public Grid samples(Grid grid) {
        samples.add(grid);
        return grid;
    }

    /** Adds a picture, and returns it. */
    public Picture picture(Picture picture) {
        pictures.add(picture);
        return picture;
    }

    /** Adds a sentence. */
    public void remark(String sentence) {
        remarks.add(sentence);
    }

    /** The name of the part. */
    public String name() {
        return name;
    }

    /** What one wants to know. */
    public String question() {
        return question;
    }

    /** What was done. */
    public String how() {
        return how;
    }

    /** The tables. */
    public List<Grid> grids() {
        return grids;
    }

    /** The single measurements. */
    public List<Grid> samples() {
        return samples;
    }

    /** The pictures that show anything. */
    public List<Picture> pictures() {
        return pictures.stream().filter(picture -> !picture.groups().isEmpty()).toList();
    }

    /** The remarks. */
    public List<String> remarks() {
        return remarks;
    }
}
